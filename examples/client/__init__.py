"""A marketplace's side of the portal, in plain Python and nothing else: copy it, and put your own database beneath it.

``signatures`` signs and checks webhooks and makes links for sellers and buyers, ``api`` is one session with the portal,
``marketplace`` what is told and done, ``__main__`` the web server. ``docs/integration.md`` walks through it.
"""
