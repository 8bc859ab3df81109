using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>Where a study, or one group of it, keeps what.</summary>
internal sealed record StudyFolder(string Path)
{
    private StudyFolder? whole;

    internal string Split => At("split.json");

    /// <summary>The counterpart that divides images and not patients.</summary>
    internal string ImageWiseSplit => At("split-image-wise.json");

    /// <summary>A run folder of <c>coverslip train</c>.</summary>
    internal string Run(StudyRun run) => At("runs", run.Name);

    /// <summary>The folder of a group within the study's, by its safe name.</summary>
    internal StudyFolder Group(string value) => new(At("groups", value)) { whole = this };

    /// <summary>The run folder of a pre-training, which all groups share.</summary>
    internal string Pretrained(Pretraining pretraining) => (whole ?? this).At("pretraining", pretraining.Folder);

    internal string Recipe(StudyRun run) => At("recipes", run.Name + ".yaml");

    internal string Masks(string key) => At("masks", key);

    /// <summary>What cells have in common and only one of them trains.</summary>
    internal string Shared => At("shared");

    internal string Log(StudyRun run, int part) => At("logs", $"{run.Name}-{part + 1}.log");

    internal string At(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Takes what only one process may do at a time; null where another one has it.</summary>
    internal IDisposable? Claim(string name) => FileClaim.Try(At("claims", name));

    /// <summary>The same, waiting until it is free.</summary>
    internal IDisposable Await(string name, CancellationToken stop) =>
        FileClaim.Await(
            At("claims", name),
            stop,
            () => Console.Error.WriteLine($"another process is at {At("claims", name)}; waiting")
        );

    /// <summary>Keeps a text; refuses where the study was begun with another.</summary>
    internal static void Keep(string path, string text, string what)
    {
        Check(path, text, what);
        if (!File.Exists(path))
            WholeFile.Write(path, text);
    }

    /// <summary>Refuses where the study was begun with another text.</summary>
    /// <exception cref="IOException">It was.</exception>
    internal static void Check(string path, string text, string what)
    {
        if (File.Exists(path) && File.ReadAllText(path) != text)
            throw new IOException(
                $"the study was begun with another {what} than now (kept in {path}); choose another --out, or give that one"
            );
    }
}
