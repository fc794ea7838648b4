#include "largest.h"

#include "dispatch.h"
#include "team.h"

#include <math.h>
#include <stddef.h>

#define TEMPLATE "largest_job.h"
#include "each_width.h"
#undef TEMPLATE

#define TEMPLATE "largest_vector_template.h"
#include "each_vector_set.h"
#undef TEMPLATE

#define TEMPLATE "largest_template.h"
#include "each_width.h"
