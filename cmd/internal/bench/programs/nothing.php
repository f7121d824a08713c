<?php // Nothing: what starting costs.
