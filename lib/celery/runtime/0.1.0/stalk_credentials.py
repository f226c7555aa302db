"""The Redis user of this pod in the URLs of its clients, with a password that may change while they run."""
import os
import pathlib
import re
from urllib.parse import quote

import kombu
from celery import VERSION
from redis import CredentialProvider

USER, PASSWORD_FILE = os.environ.get("STALK_USER"), os.environ.get("STALK_PASSWORD_FILE")
CREDENTIALS_IN = os.environ.get("STALK_CREDENTIALS_IN")
REDIS = ("redis:", "rediss:", "sentinel:")
PROVIDER_CLASS = "stalk_credentials.Credentials"
PROVIDER = f"credential_provider={PROVIDER_CLASS}"


def password():
    return pathlib.Path(PASSWORD_FILE).read_text().rstrip("\r\n")


class Credentials(CredentialProvider):
    """`?credential_provider=stalk_credentials.Credentials` in a URL: new connections see a new password."""

    def get_credentials(self):
        return USER, password()


def live(name, url):
    """Whether the client of this setting can ask a provider; Celery's sentinel backend trips over one."""
    library = kombu.VERSION if name != "result_backend" else VERSION if not url.startswith("sentinel:") else (0,)
    return library >= (5, 6) and CREDENTIALS_IN != "url"


def credentialed(urls, provider):
    def one(url):
        scheme, _, rest = url.partition("://")
        if not USER or not url.startswith(REDIS):
            return url
        if provider:
            return f"{url}{'&' if '?' in rest else '?'}{PROVIDER}"
        return f"{scheme}://{quote(USER, safe='')}:{quote(password(), safe='')}@{rest}"

    return ";".join(map(one, urls.split(";")))


def plain(urls):
    """Undoes `credentialed` with any password: a child process inherits the URLs its parent rewrote."""
    own = f"(?<=://){re.escape(quote(USER or '', safe=''))}:[^@/;]*@|[?&]{re.escape(PROVIDER)}(?=;|$)"
    return re.sub(own, "", urls) if USER else urls
