namespace Coverslip.Evaluation.Cohorts;

/// <summary>Where the files that a cohort names lie. A million of them are told apart without a full path of each.</summary>
/// <param name="folder">The full path of the cohort's folder, to which names are relative.</param>
internal sealed class CohortPaths(string folder)
{
    private readonly string within = folder.EndsWith('/') ? folder : folder + '/';

    /// <summary>The full path of a name.</summary>
    public string Full(string name) => IsPlain(name) ? within + name : Path.GetFullPath(Path.Combine(folder, name));

    /// <summary>The same for all names of one file: relative where it lies in the folder or below, else the full path.</summary>
    public string Place(string name) => IsPlain(name) ? name : PlaceOf(Full(name));

    /// <summary>The place of a full path.</summary>
    public string PlaceOf(string full) =>
        full.StartsWith(within, StringComparison.Ordinal) ? full[within.Length..] : full;

    /// <summary>Whether a name is its place as it stands: nothing in it leads up, stays or doubles.</summary>
    private static bool IsPlain(string name) =>
        name is [not ('/' or '.'), ..]
        && !name.Contains("/.", StringComparison.Ordinal)
        && !name.Contains("//", StringComparison.Ordinal)
        && !name.Contains('\0');
}
