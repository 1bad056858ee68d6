"""A client of AMQP 1.0 on Qpid Proton: sends one message, or takes one and accepts it.

Usage: proton_amqp10.py AMQP_URL send ADDRESS MESSAGE_ID
       proton_amqp10.py AMQP_URL take ADDRESS
The URL's path is the vhost, percent-encoded.
"""
import sys
from urllib.parse import unquote, urlsplit

from proton import Message
from proton.utils import BlockingConnection

url, act, address = sys.argv[1:4]
to = urlsplit(url)
connection = BlockingConnection(
    f"amqp://{to.hostname}:{to.port}",
    user=to.username,
    password=to.password,
    allowed_mechs="PLAIN",
    sasl_enabled=True,
    virtual_host=f"vhost:{unquote(to.path[1:])}",
    timeout=15,
)
if act == "send":
    connection.create_sender(address).send(Message(id=sys.argv[4], body="x", durable=True))
else:
    receiver = connection.create_receiver(address, credit=1)
    receiver.receive(timeout=15)
    receiver.accept()
connection.close()
