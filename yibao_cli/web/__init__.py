"""A page for a browser on the same machine: who may ask, what is answered, how it looks. It changes nothing.

guard   token, cookie, and the host that a browser must have meant
server  one request after the other, on loopback alone
tongue  the language that a browser asks for
pages   HTML out of facts; whatever comes from data is text
"""
