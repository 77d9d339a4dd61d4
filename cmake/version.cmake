# Writes the header that says which revision this is; run at every build, and leaves the
# file alone when nothing has changed.
execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=12
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
    set(revision "unknown")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#define HVMSIM_VERSION "@VERSION@"
#define HVMSIM_REVISION "@revision@"
#define HVMSIM_BUILD_TYPE "@BUILD_TYPE@"
]])
