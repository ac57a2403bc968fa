"""The journal: what happened, who did it, in an order that cannot be rewritten unseen.

An entry is inserted in the transaction of the change (``record``). One sealer chains what is committed
(``seal_pending``) and signs how the chain stands (``sign_checkpoint``), also outside the database. ``verify`` proves
the whole. Lawful erasure empties an entry's personal detail and leaves the chain whole (``erase_details``).
"""

from core.journal.checkpoints import public_keys, sign_checkpoint
from core.journal.entries import record
from core.journal.erasure import erase_details
from core.journal.sealing import seal_pending
from core.journal.verification import Problem, Verdict, verify

__all__ = [
    "Problem",
    "Verdict",
    "erase_details",
    "public_keys",
    "record",
    "seal_pending",
    "sign_checkpoint",
    "verify",
]
