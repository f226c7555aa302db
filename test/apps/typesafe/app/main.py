"""The HTTP side: hands questions to the agents."""
from fastapi import FastAPI

from app.agents.worker import answer

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/ask/{question}")
def ask(question: str):
    return {"answer": answer.delay(question).get(timeout=30)}
