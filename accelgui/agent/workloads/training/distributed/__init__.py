"""One training shared by several devices, of this machine or of several.

`cluster` says who the workers are, `places` which devices take part, `virtual` makes several of one
CPU. A `Team` is what a process needs to know of the others; `teams` has that of each framework.
Where a framework needs several processes, `supervisor` starts them and tells of them as of one run,
and `replica` is what each of them does. `agreement` has them stop and report at the same step,
`roll_call` finds out who is gone.
"""

from __future__ import annotations
