# Settings every target shares, and the three verbs the folders use: vigil_library, vigil_program, vigil_test.
include_guard()

option(VIGIL_TESTS "Build the tests" ON)
option(VIGIL_BENCH "Build the benchmarks" ON)
option(VIGIL_GATEWAY "Build vigil-gateway (Beast; left out under ThreadSanitizer)" ON)
set(VIGIL_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
# Assertions guard invariants of patient data and stay on in every build, so NDEBUG is never defined.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
# For what runs once a reading.
set(VIGIL_HOT $<$<CONFIG:Release>:-O3>)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(Protobuf REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zmq REQUIRED IMPORTED_TARGET libzmq)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
find_package(Boost 1.81 REQUIRED)

add_library(vigil_settings INTERFACE)
target_include_directories(vigil_settings INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/daemon)
target_compile_options(vigil_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  -ffp-contract=off -fno-strict-aliasing)
target_compile_definitions(vigil_settings INTERFACE VIGIL_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12.2 reports these in its own standard library at -O2.
  target_compile_options(vigil_settings INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
    -Wno-array-bounds -Wno-dangling-pointer -Wno-free-nonheap-object -Wno-stringop-overread)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
  # g++'s generic tuning clears and copies structures of some words by `rep stos` and `rep movs`, which take tens of
  # cycles to begin.
  target_compile_options(vigil_settings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-mmemset-strategy=unrolled_loop:512:noalign,libcall:-1:noalign>
    $<$<COMPILE_LANGUAGE:CXX>:-mmemcpy-strategy=unrolled_loop:512:noalign,libcall:-1:noalign>)
endif()
if(VIGIL_SANITIZE)
  add_compile_options(-fsanitize=${VIGIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VIGIL_SANITIZE})
endif()

option(VIGIL_BATCHES "Compile several files of a target as one: most of the time goes to the headers they share" OFF)
# Under VIGIL_BATCHES: puts those files of a target together that scripts/batches.py finds to mean the same so.
function(vigil_batches name)
  cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
  list(FILTER arg_SOURCES INCLUDE REGEX "\\.cpp$")
  if(NOT VIGIL_BATCHES OR NOT arg_SOURCES)
    return()
  endif()
  execute_process(
    COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/scripts/batches.py 8 ${CMAKE_CURRENT_SOURCE_DIR}
      ${PROJECT_SOURCE_DIR}:${PROJECT_SOURCE_DIR}/daemon ${arg_SOURCES}
    OUTPUT_VARIABLE files COMMAND_ERROR_IS_FATAL ANY)
  foreach(file IN LISTS files)
    string(REGEX MATCH "^([0-9]+) (.*)$" _ "${file}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${name}_${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # Said of files that include others only; the builds without batches say them where they matter.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# vigil_library(NAME SOURCES … DEPS …): a static library; DEPS are what its folder may include.
function(vigil_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  vigil_batches(${name} SOURCES ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC vigil_settings ${arg_DEPS})
endfunction()

# vigil_program(NAME SOURCES … DEPS …): a program in bin/.
function(vigil_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  vigil_batches(${name} SOURCES ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE vigil_settings ${arg_DEPS})
endfunction()

# vigil_test(NAME SOURCES … DEPS … [LABELS …] [TIMEOUT s]): a Catch2 program that CTest runs from the source root.
function(vigil_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  vigil_batches(${name} SOURCES ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE vigil_settings ${arg_DEPS} Catch2::Catch2WithMain)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  # programs_<label>: the programs of one label and nothing else, for builds that run only those.
  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET programs_${label})
      add_custom_target(programs_${label})
    endif()
    add_dependencies(programs_${label} ${name})
  endforeach()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}"
    ENVIRONMENT "VIGIL_BIN=${CMAKE_BINARY_DIR}/bin;VIGIL_ROOT=${PROJECT_SOURCE_DIR}")
endfunction()
