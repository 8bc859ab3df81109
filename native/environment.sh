# shellcheck shell=bash
# What a measured run needs, for the program only and not for the tools that build it. Sourced by ./coverslip and by the
# start script that `./coverslip publish` writes. The figures behind each setting: docs/decisions/launcher.md.

# Processors that this process may use: its affinity, and a container's quota where there is one.
usable_cores() {
    local cores quota period
    cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    if [[ -r /sys/fs/cgroup/cpu.max ]]; then
        read -r quota period < /sys/fs/cgroup/cpu.max
        if [[ $quota != max ]] && (( (quota + period - 1) / period < cores )); then
            cores=$(( (quota + period - 1) / period ))
        fi
    fi
    echo "$cores"
}

# Sets the variables in this shell; `env LD_PRELOAD=…` is left to with_allocator, so that no other tool loads it.
set_run_environment() {
    local libraries
    libraries=/usr/lib/$(uname -m)-linux-gnu
    if [[ -z ${OMP_NUM_THREADS:-} ]]; then
        OMP_NUM_THREADS=$(usable_cores)
        export COVERSLIP_ALL_THREADS=1 # nobody asked for a number: a cluster's nodes have other processors than this machine
    fi
    export OMP_NUM_THREADS
    # Who asks for one thread means all of the program's.
    export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-$OMP_NUM_THREADS}
    # How long a thread of libgomp that waits keeps its core busy: some 0.1 ms, as long as costs nothing beside other programs.
    export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-4000}
    COVERSLIP_LAUNCHER=$(readlink -f -- "$0") # what a cluster's tasks call
    export COVERSLIP_LAUNCHER
    # .NET's youngest generation grows to the processor's cache (tens of MiB) before it is collected; 4 MiB are plenty here.
    export DOTNET_GCgen0size=${DOTNET_GCgen0size:-0x400000}

    # Debian's alternatives choose libblas.so.3; where somebody chose the reference BLAS, OpenBLAS goes before it.
    if [[ -e $libraries/openblas-pthread/libblas.so.3 && ! $libraries/libblas.so.3 -ef \
        $libraries/openblas-pthread/libblas.so.3 ]]; then
        export LD_LIBRARY_PATH=$libraries/openblas-pthread${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    fi

    allocator=()
    if [[ ${COVERSLIP_ALLOCATOR:-jemalloc} == jemalloc && -e $libraries/libjemalloc.so.2 ]]; then
        allocator=("LD_PRELOAD=$libraries/libjemalloc.so.2${LD_PRELOAD:+:$LD_PRELOAD}"
            "MALLOC_CONF=${MALLOC_CONF:-dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0,thp:always}")
    fi
}

# Runs a command in that environment, with the allocator loaded into it.
with_allocator() { env "${allocator[@]}" "$@"; }
