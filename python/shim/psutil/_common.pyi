from psoxide._common import *
