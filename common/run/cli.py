import sys
from common.run import prepare
from common.run.problem import Problem
def main(arguments):
    try:
        return prepare.main(arguments[1:])
    except Problem as problem:
        print(f"usersync: {problem}", file=sys.stderr)
        return 1
