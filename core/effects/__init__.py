"""What is asked of targets outside the house, such as a listing on its marketplace, in force only once confirmed.

Versions rise per target. One effect is in flight per target, in order; a newer one supersedes an older one that is
not on its way, and receivers ignore lower versions, so a late restriction cannot undo a restoration. Confirmations may
come late, twice, out of order, or before the delivery is recorded: none of that does harm.

Rows are locked in one order, an effect before its message, so that a confirmation and the courier never wait for each
other for ever. For the same reason, who asks for several targets in one transaction takes them in order of name.
"""

from core.effects.answers import confirm, fail
from core.effects.asking import ask, retry, withdraw_unsent
from core.effects.dispatch import dispatch_due

__all__ = ["ask", "confirm", "dispatch_due", "fail", "retry", "withdraw_unsent"]
