from psoxide._ntuples import *
