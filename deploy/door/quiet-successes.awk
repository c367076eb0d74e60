# libtest prints what passing tests wrote only when asked, and then all of it. Keep the verdicts and the
# SKIPPED lines; the rest of what passing tests wrote stays in the log.
/^successes:$/ { inside = 1; next }
inside && (/^failures:$/ || /^test result: /) { inside = 0 }
!inside { print; fflush(); next }
/SKIPPED: / { print; fflush() }
