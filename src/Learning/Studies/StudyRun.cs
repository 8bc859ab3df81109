using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Studies;

/// <summary>A network trained on another cohort first, whose weights models of the study start from.</summary>
/// <param name="Name">What models name it by.</param>
/// <param name="Text">Its recipe's text.</param>
/// <param name="Recipe">Its recipe.</param>
public sealed record Pretraining(string Name, string Text, IRecipe Recipe)
{
    /// <summary>The run's folder within the study.</summary>
    public string Folder { get; } = StudyRun.Slug(Name);
}

/// <summary>One model on one form of input, trained on every part of the study's split.</summary>
/// <param name="Model">The model's name in the tables.</param>
/// <param name="Input">raw, masked, mask-channel, or recipe: as the model's recipe says.</param>
/// <param name="Text">The recipe, all of the study's changes in it.</param>
/// <param name="Recipe">The recipe that the text says.</param>
/// <param name="Pretraining">The pre-training it starts from; empty without.</param>
public sealed record StudyRun(string Model, string Input, string Text, IRecipe Recipe, string Pretraining = "")
{
    /// <summary>The word for the form of input that a model's recipe says, whichever that is.</summary>
    public const string OwnInput = "recipe";

    /// <summary>Models of the study whose mean it is, instead of training; empty for others.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The paper's own figure of it on this input, as it prints it; empty: there is none.</summary>
    public string Published { get; init; } = "";

    /// <summary>The model of the study whose time it is trained for; empty: as its recipe says.</summary>
    public string SameTimeAs { get; init; } = "";

    /// <summary>Models of the study that have to be finished on a part before it is trained on it.</summary>
    public IEnumerable<string> After => SameTimeAs.Length > 0 ? [.. Members, SameTimeAs] : Members;

    /// <summary>The model that it is tested against; empty: the study's.</summary>
    public string Against { get; init; } = "";

    /// <summary>The curve that it is a point of, see <see cref="StudyCurve"/>; null for none.</summary>
    public CurvePoint? Point { get; init; }

    /// <summary>Whether it is one of the trivial models that methods add.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Whether its figures are what chance is, see <see cref="Baseline.IsChance"/>.</summary>
    public bool IsChance { get; init; }

    /// <summary>Whether it trains on the split that divides images and not patients.</summary>
    public bool ImageWise { get; init; }

    /// <summary>The rate that it is trained at, of those that the study tries; null where it tries none.</summary>
    public double? Rate { get; init; }

    /// <summary>
    /// The same at each rate that the study tries, of which each part's validation patients choose one; empty where it
    /// tries none.
    /// </summary>
    public IReadOnlyList<StudyRun> Tried { get; init; } = [];

    /// <summary>What is trained for it: itself, or what it tries.</summary>
    public IReadOnlyList<StudyRun> Trained =>
        Tried.Count == 0 ? [this] : [.. Tried.Select(t => t with { ImageWise = ImageWise })];

    /// <summary>
    /// The run's folder and recipe file within the study: letters, digits and hyphens of model, input and rate.
    /// </summary>
    public string Name => Slug($"{Model}-{Input}{(ImageWise ? "-image-wise" : "")}{RateText("-rate-")}");

    /// <summary>What it is called in messages.</summary>
    public string Title => $"{Model}, {Input}{(ImageWise ? ", image-wise" : "")}{RateText(", rate ")}";

    private string RateText(string before) => Rate is { } rate ? before + ValueText.Of((IFormattable)rate) : "";

    /// <summary>The recipe's text with what is known only when the study runs.</summary>
    /// <param name="weights">Folder of the pre-trained run; null without.</param>
    /// <param name="after">Run folders of <see cref="After"/>, in its order.</param>
    public string With(string? weights, IReadOnlyList<string>? after = null) =>
        weights is null && after is not { Count: > 0 }
            ? Text
            : YamlText.Over(
                RecipeNode.Mapping(Text, Name),
                weights is null ? null : YamlText.Of(weights, "network", "weights"),
                Members.Count > 0 && after is not null ? YamlText.Of([.. after.Take(Members.Count)], "ensemble") : null,
                SameTimeAs.Length > 0 && after is not null ? YamlText.Of(after[^1], TimeKey) : null
            );

    /// <summary>In a study's model, and in recipes that take it.</summary>
    internal const string TimeKey = "same_time_as";

    internal static string Slug(string name) =>
        string.Join(
            '-',
            string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' '))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );
}
