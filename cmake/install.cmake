# What is installed, and where. The build tree has the program's data at the same
# distance from it as an installation, so one rule finds them in both.
file(RELATIVE_PATH HVMSIM_DATA_FROM_PROGRAM
     ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/hvmsim)

cmake_path(ABSOLUTE_PATH HVMSIM_DATA_FROM_PROGRAM NORMALIZE
           BASE_DIRECTORY ${CMAKE_BINARY_DIR}/cli OUTPUT_VARIABLE built_data)
cmake_path(IS_PREFIX CMAKE_BINARY_DIR ${built_data} is_inside)
if(NOT is_inside)
    message(FATAL_ERROR "CMAKE_INSTALL_DATADIR = ${CMAKE_INSTALL_DATADIR}: "
                        "expected a folder beside CMAKE_INSTALL_BINDIR")
endif()
file(MAKE_DIRECTORY ${built_data})
target_compile_definitions(experiments PRIVATE
    HVMSIM_DATA_FROM_PROGRAM="${HVMSIM_DATA_FROM_PROGRAM}")

# ship_data(NAME FOLDER PATTERN...): the folder's files, in NAME of the data folder.
function(ship_data name folder)
    file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder} ${built_data}/${name} SYMBOLIC)
    list(TRANSFORM ARGN PREPEND "PATTERN;" OUTPUT_VARIABLE patterns)
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${folder}/
            DESTINATION ${CMAKE_INSTALL_DATADIR}/hvmsim/${name}
            FILES_MATCHING ${patterns})
endfunction()

ship_data(costs models/costs *.ini)
ship_data(scenarios scenarios *.ini)
ship_data(traces workloads/traces *.xtr.xz *.md)

install(TARGETS hvmsim)
install(FILES README.md CHANGELOG.md CITATION.cff LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES cli/completion.bash RENAME hvmsim
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

# `cpack` makes an archive and a Debian package; both run from where they are unpacked.
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_VENDOR "The hvmsim developers")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${CPACK_PACKAGE_VENDOR})
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
