"""The Redis user of this pod in the URLs of its clients, with a password that may change while they run."""
import os
import pathlib
import re
from typing import NamedTuple, Optional
from urllib.parse import quote

import kombu
from celery import VERSION
from redis import CredentialProvider
from redis.backoff import NoBackoff
from redis.retry import Retry

USER, PASSWORD_FILE = os.environ.get("STALK_USER"), os.environ.get("STALK_PASSWORD_FILE")
CREDENTIALS_IN = os.environ.get("STALK_CREDENTIALS_IN")
REDIS = ("redis:", "rediss:", "sentinel:")
PROVIDER_CLASS = "stalk_credentials.Credentials"
PROVIDER = f"credential_provider={PROVIDER_CLASS}"


class Login(NamedTuple):
    """A Redis user; `provider` is the class that reads its password for each connection, by its name."""

    user: Optional[str]
    file: Optional[str]
    provider: str

    def password(self):
        return pathlib.Path(self.file).read_text().rstrip("\r\n")


OWN = Login(USER, PASSWORD_FILE, PROVIDER_CLASS)


class Credentials(CredentialProvider):
    """`?credential_provider=stalk_credentials.Credentials` in a URL: new connections see a new password."""

    login = OWN

    def get_credentials(self):
        return self.login.user, self.login.password()


def live(name, url):
    """Whether the client of this setting can ask a provider; Celery's sentinel backend trips over one."""
    library = kombu.VERSION if name != "result_backend" else VERSION if not url.startswith("sentinel:") else (0,)
    return library >= (5, 6) and CREDENTIALS_IN != "url"


def credentialed(urls, provider, login=OWN):
    def one(url):
        scheme, _, rest = url.partition("://")
        if not login.user or not url.startswith(REDIS):
            return url
        if provider:
            return f"{url}{'&' if '?' in rest else '?'}credential_provider={login.provider}"
        return f"{scheme}://{quote(login.user, safe='')}:{quote(login.password(), safe='')}@{rest}"

    return ";".join(map(one, urls.split(";")))


def for_results(url, login=OWN):
    """Settings of the user, for a backend of results at `url`."""
    if not login.user or not url.startswith(REDIS):
        return {}
    if live("result_backend", url):
        return {"redis_backend_credential_provider": login.provider}
    return {"redis_username": login.user, "redis_password": login.password()}


def ask_sentinels(options, provider):
    """Sentinels know the users of their Redis; `provider` has the password."""
    if "master_name" in options:
        own = {"credential_provider": provider} if provider.login.user else {}
        once = {"retry": Retry(NoBackoff(), 0)}  # redis-py asks one that is gone ten times, for half a minute
        options["sentinel_kwargs"] = {**options.get("sentinel_kwargs", {}), **once, **own}


def plain(urls):
    """Undoes `credentialed` with any password: a child process inherits the URLs its parent rewrote."""
    own = f"(?<=://){re.escape(quote(USER or '', safe=''))}:[^@/;]*@|[?&]{re.escape(PROVIDER)}(?=;|$)"
    return re.sub(own, "", urls) if USER else urls
