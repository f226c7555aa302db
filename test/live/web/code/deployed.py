"""A Django site as it is deployed: it answers to its own name, over HTTPS alone. `celery -A deployed` is its app."""
import celery
from django.http import HttpResponse
from django.urls import path

SECRET_KEY = "for the tests only"
ALLOWED_HOSTS = ["acme.example.com"]
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "deployed"
USE_TZ = True

app = celery.Celery("deployed")
urlpatterns = [path("up/", lambda request: HttpResponse(request.get_host()))]
