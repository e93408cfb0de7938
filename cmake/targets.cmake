# How every target of the project is compiled.
add_library(leat_options INTERFACE)
target_include_directories(leat_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(leat_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wcast-align -Woverloaded-virtual -Wimplicit-fallthrough
  -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlapping copies in std::string's own code (GCC bug 105651).
  target_compile_options(leat_options INTERFACE -Wno-restrict)
endif()
target_link_libraries(leat_options INTERFACE Threads::Threads)

# leat_library(NAME DIRS dir... LINKS target...): every .cc file of the directories, not below them.
function(leat_library name)
  cmake_parse_arguments(ARG "" "" "DIRS;LINKS;PRIVATE_LINKS" ${ARGN})
  set(sources "")
  foreach(dir ${ARG_DIRS})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  add_library(${name} STATIC ${sources} ${PROJECT_SOURCE_DIR}/cmake/empty.cc)
  target_link_libraries(${name} PUBLIC leat_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  if(LEAT_FUZZ)  # its branches and comparisons are seen by the fuzzers
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# leat_tests(NAME DIR dir LINKS target... [ONE_PROCESS_S seconds] [WAITS_S seconds] [THREADS]): every
# *_test.cc of the directory. Each test case is a test of ctest's own; ONE_PROCESS_S runs them in one (they
# share a server that takes seconds to start), which takes about so long: the longest begin first. WAITS_S:
# those tagged [waits] (for a clock, doing nothing) run in a second process beside it. THREADS: also run
# under the thread sanitizer. Cases tagged [large] (what they process, and the memory that they measure)
# are left out under sanitizers.
function(leat_tests name)
  cmake_parse_arguments(ARG "THREADS" "DIR;TIMEOUT;ONE_PROCESS_S;WAITS_S" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE leat_test_main ${ARG_LINKS})
  add_dependencies(test_programs ${name})
  set(properties TIMEOUT ${ARG_TIMEOUT})
  set(choice "")
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    set(choice "~[large]")
  endif()
  if(ARG_THREADS)
    add_dependencies(thread_tests ${name})
    list(APPEND properties LABELS threads)
  endif()
  if(ARG_ONE_PROCESS_S)
    add_test(NAME ${name} COMMAND ${name} --durations yes "~[waits]${choice}")
    set_tests_properties(${name} PROPERTIES ${properties} COST ${ARG_ONE_PROCESS_S})
    if(ARG_WAITS_S)
      add_test(NAME ${name}_that_wait COMMAND ${name} --durations yes "[waits]${choice}")
      set_tests_properties(${name}_that_wait PROPERTIES ${properties} COST ${ARG_WAITS_S})
    endif()
  else()
    catch_discover_tests(${name} TEST_PREFIX "${name}: " PROPERTIES ${properties})
  endif()
endfunction()

# leat_fuzzer(NAME SOURCE file LINKS target...): a libFuzzer program, built where LEAT_FUZZ is on.
function(leat_fuzzer name)
  cmake_parse_arguments(ARG "" "SOURCE" "LINKS" ${ARGN})
  if(NOT LEAT_FUZZ)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCE})
  target_link_libraries(${name} PRIVATE leat_options ${ARG_LINKS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()
