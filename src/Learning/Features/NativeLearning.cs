using System.Runtime.InteropServices;
using Coverslip.Files;

namespace Coverslip.Learning.Features;

/// <summary>The classifiers among the exports of <c>native/imaging/imaging.h</c>.</summary>
internal static unsafe partial class NativeLearning
{
    private const string Library = "coverslip_imaging";

    static NativeLearning() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLearning).Assembly, LibraryFinder.Resolve);

    [LibraryImport(Library, EntryPoint = "ci_forest_train")]
    internal static partial int ForestTrain(
        NativeSamples* samples,
        NativeForestOptions* options,
        ulong seed,
        nint* learner
    );

    [LibraryImport(Library, EntryPoint = "ci_svm_train")]
    internal static partial int SvmTrain(NativeSamples* samples, double c, double gamma, nint* learner);

    [LibraryImport(Library, EntryPoint = "ci_forest_votes")]
    internal static partial int ForestVotes(nint learner, NativeSamples* samples, int* votes, int classes);

    [LibraryImport(Library, EntryPoint = "ci_svm_decisions")]
    internal static partial int SvmDecisions(nint learner, NativeSamples* samples, float* decisions);

    [LibraryImport(Library, EntryPoint = "ci_learner_save")]
    internal static partial int Save(nint learner, byte** data, nuint* size);

    [LibraryImport(Library, EntryPoint = "ci_learner_load")]
    internal static partial int Load(byte* data, nuint size, int kind, nint* learner);

    [LibraryImport(Library, EntryPoint = "ci_learner_close")]
    internal static partial void Close(nint learner);

    [LibraryImport(Library, EntryPoint = "ci_encode_free")]
    internal static partial void Free(byte* data);

    [LibraryImport(Library, EntryPoint = "ci_last_error")]
    private static partial byte* LastErrorText();

    /// <summary>What the last call that failed on this thread reported.</summary>
    internal static string LastError => Marshal.PtrToStringUTF8((nint)LastErrorText()) ?? "unknown native failure";
}

/// <summary><c>ci_samples</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeSamples
{
    public float* Features;
    public int* Labels;
    public int Rows;
    public int Columns;
}

/// <summary><c>ci_forest_options</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeForestOptions
{
    public int Trees;
    public int Depth;
    public int Least;
    public int Features;
}
