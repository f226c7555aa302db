"""Tasks of logs_app that speak while they are imported."""
import sys
import warnings

print("imported")
sys.stderr.write("  File \"x\", line 1\n    and a second line\n")
warnings.warn("old", UserWarning, stacklevel=1)
