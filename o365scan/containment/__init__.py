"""Checks of other distributions, judged where their accidents do no harm: `judging` starts, `worker` is started."""
