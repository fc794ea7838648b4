#include "include/walk.h"

#include <stddef.h>
#include <string.h>

#include "dispatch.h"
#include "include/bf16.h"
#include "include/packed.h"
#include "include/team.h"

#define TEMPLATE "walk_template.h"
#include "each_width.h"
