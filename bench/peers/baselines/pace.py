"""Ends a baseline early that cannot end in time: one whose work so far says that all of it would take well over the processor time that
its process may have. An estimate at the limit itself decides nothing."""

import resource
import time

ENOUGH = 0.05  # the share of the limit after which work done says how long all of it takes
MARGIN = 1.5  # how many limits an estimate must reach

ahead = 1  # fits of about the same rows that are still to be made, the one that is being made among them


class Hopeless(Exception):
    pass


class Pace:
    """Of a fit of so many like pieces, which begins now."""

    def __init__(self, pieces):
        self.pieces, self.before = pieces, time.process_time()

    def check(self, done):
        """Throws Hopeless, with what it goes by, where so many pieces took too long."""
        limit, _ = resource.getrlimit(resource.RLIMIT_CPU)
        spent = time.process_time() - self.before
        if limit == resource.RLIM_INFINITY or done == 0 or spent < ENOUGH * limit:
            return
        if self.before + spent / done * self.pieces * ahead > MARGIN * limit:
            raise Hopeless(
                f"would not finish in {limit / 60:.0f} minutes of processor time: {done} of {self.pieces} parts of one of {ahead} fits to be made took {spent / 60:.1f}"
            )
