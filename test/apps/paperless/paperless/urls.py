"""One page, which counts its visits in the cache as Paperless-ngx keeps things there."""
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import path


def login(request):
    cache.add("visits", 0, timeout=3600)
    return HttpResponse(f"visit {cache.incr('visits')}")


urlpatterns = [path("accounts/login/", login)]
