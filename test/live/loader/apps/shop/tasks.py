from celery import shared_task


@shared_task(bind=True)
def sell(self, what):
    return [what, self.request.delivery_info["routing_key"]]
