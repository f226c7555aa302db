"""An app whose image has a kombu that Stalk was not tested with."""
import kombu
from celery import Celery
from kombu.transport.redis import QoS

kombu.__version__ = "99.1.0"
noted = QoS.append


def append(qos, message, tag):
    noted(qos, message, tag)


QoS.append = append
app = Celery("newer_app")
