// Takes back what lanes.h and levels.h have defined for one level.
#undef V
#undef I
#undef LANES
#undef PARTS
#undef DB_LEVEL
#undef DB_NAME
