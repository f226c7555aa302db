"""Answers every request with a sum that a worker made."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from acme.tasks import add


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        answer = b"ok" if self.path == "/health" else str(add.delay(40, 2).get(timeout=30)).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)


ThreadingHTTPServer(("", 8000), Page).serve_forever()
