using System.Text.Json;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// What is read by whom: the contents of a study's first row, which nothing changes any more. Truth and file names are
/// here, and never leave the server.
/// </summary>
public sealed record ReadingStudy
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public required string Name { get; init; }

    /// <summary>The cohort's file.</summary>
    public required string Cohort { get; init; }

    /// <summary>The folder that <c>predict</c> wrote.</summary>
    public required string Predictions { get; init; }

    /// <summary>The model by the hash of what its predictions depend on.</summary>
    public required string Model { get; init; }

    /// <summary>What a reader may call a case.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The class that is looked for.</summary>
    public required string Positive { get; init; }

    /// <summary>Annotations of these classes are lesions; empty: those whose names mean it.</summary>
    public IReadOnlyList<string> TumorClasses { get; init; } = [];

    /// <summary>Whether cases are patches or radiographs, files of images, and not slides.</summary>
    public bool Pictures { get; init; }

    /// <summary>The file of boxes that lesions of pictures are; null where there is none.</summary>
    public string? Boxes { get; init; }

    public required IReadOnlyList<ReadingCase> Cases { get; init; }

    public required IReadOnlyList<ReadingReader> Readers { get; init; }

    /// <summary>What was simulated, of a study that nobody read; null of others.</summary>
    public SimulatedReading? Simulated { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, Web);

    internal static ReadingStudy Parse(string json) => JsonSerializer.Deserialize<ReadingStudy>(json, Web)!;
}

/// <summary>A slide or picture that is read.</summary>
/// <param name="Image">Its row in the cohort.</param>
/// <param name="File">The file's full path.</param>
/// <param name="Contents">The hash of its contents, sampled where it is large.</param>
/// <param name="Patient">Whose it is.</param>
/// <param name="Truth">Its class.</param>
public sealed record ReadingCase(string Image, string File, string Contents, string Patient, string Truth)
{
    /// <summary>The hash of what the machine made of it (<see cref="MachineView.ContentsOf"/>, <see cref="PictureMachine.ContentsOf"/>).</summary>
    public required string Machine { get; init; }

    /// <summary>The hash of the file that its lesions are in, annotations or boxes; null where it has none.</summary>
    public string? Annotation { get; init; }
}

/// <summary>How a study was simulated.</summary>
/// <param name="Auc">Mean AUC alone of readers of this kind.</param>
/// <param name="Gain">By how much it is higher with the machine's view.</param>
/// <param name="Seed">Of the draws.</param>
public sealed record SimulatedReading(double Auc, double Gain, long Seed);

/// <summary>A reader.</summary>
/// <param name="Name">The reader's name or word.</param>
/// <param name="TokenHash">What is kept of the token.</param>
/// <param name="Cases">Places in <see cref="ReadingStudy.Cases"/>, in the order in which they are read.</param>
public sealed record ReadingReader(string Name, string TokenHash, IReadOnlyList<int> Cases)
{
    /// <summary>A reader with a new token, of which only the hash is kept.</summary>
    public static (ReadingReader Reader, string Token) Create(string name, IReadOnlyList<int> cases)
    {
        var token = AccessTokens.Create();
        return (new ReadingReader(name, AccessTokens.HashOf(token), cases), token);
    }
}
