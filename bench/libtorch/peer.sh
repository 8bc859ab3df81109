# shellcheck shell=bash
# Sourced by benches that take libtorch 2.10 as another peer (--libtorch): TorchSharp and its libtorch from NuGet, built once into
# artifacts/libtorch. x86-64 only.
libtorch=$root/artifacts/libtorch
begin=$libtorch/libbegin.so

build_libtorch() {
    [[ $(uname -m) == x86_64 ]] || { echo "libtorch 2.10 is taken on x86-64 only" >&2; return 1; }
    local house=(-p:ImportDirectoryBuildProps=false -p:ImportDirectoryBuildTargets=false -p:ImportDirectoryPackagesProps=false)
    dotnet build "$root/bench/libtorch/LibTorch.csproj" -c Release -v quiet --nologo "${house[@]}" \
        -p:BaseIntermediateOutputPath="$libtorch/obj/" -o "$libtorch/bin" >&2 || return
    "$python" "$root/bench/libtorch/weaken.py" "$libtorch/bin/libLibTorchSharp.so" GLIBCXX_3.4.32
    echo 'extern "C" void _ZSt21ios_base_library_initv() {}' | g++ -shared -fPIC -x c++ - -o "$begin"
}

# FOLDER NAME STEPS: a JSON line of what trace.py wrote there.
libtorch_steps() {
    local loaded=("${allocator[@]/#LD_PRELOAD=/LD_PRELOAD=$begin:}")
    (( ${#loaded[@]} )) || loaded=("LD_PRELOAD=$begin")
    env "${loaded[@]}" "$libtorch/bin/LibTorch" "$1/$2.pt" "$1/$2.json" "$3"
}
