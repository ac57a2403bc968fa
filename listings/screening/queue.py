"""What is owed a look, cut into jobs of less than a minute each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched
