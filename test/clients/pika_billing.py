"""A service on pika: takes one order, sends an invoice in the same trace, acknowledges, and ends.

Usage: pika_billing.py AMQP_URL ORDERS_QUEUE INVOICES_QUEUE
Prints "ready" once it consumes. It knows nothing of Hoplight, and of tracing only that traceparent is to be passed on.
"""
import secrets
import sys

import pika

url, orders, invoices = sys.argv[1:4]
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()


def bill(taken, method, properties, body):
    version, trace, _, flags = properties.headers["traceparent"].split("-")
    onward = "-".join([version, trace, secrets.token_hex(8), flags])
    taken.basic_publish("", invoices, b'{"invoice":8841}', pika.BasicProperties(headers={"traceparent": onward}))
    taken.basic_ack(method.delivery_tag)
    taken.stop_consuming()


channel.basic_consume(orders, bill)
print("ready", flush=True)
channel.start_consuming()
channel.connection.close()
