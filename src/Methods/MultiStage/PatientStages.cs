using System.Globalization;
using Coverslip.Evaluation.Staging;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.MultiStage;

/// <summary>A slide that a run has staged, with its true class.</summary>
internal sealed record KnownSlide(string Name, string Patient, ClassedSlide Slide);

/// <summary>
/// Classes of new slides and stages of new patients, by a forest grown on all slides that a run staged when it was trained
/// (Takahama et al. 2019, sec. 4.2.3). A slide of one of these patients is classed without that patient's slides.
/// </summary>
internal sealed class PatientStages
{
    /// <summary>Of each slide its class, where nodes become patients' stages.</summary>
    internal const string ClassesFile = "slide_classes.csv";

    /// <summary>What the forest learns from.</summary>
    internal const string FeaturesFile = "heatmap_features.csv";

    /// <summary>CAMELYON17's submission.</summary>
    internal const string StagesFile = "stages.csv";

    private static readonly string[] Columns =
    [
        "slide",
        "patient",
        "predicted",
        .. SlideClasses.Camelyon.Select(c => $"p_{c}"),
    ];

    private readonly Lazy<IReadOnlyList<KnownSlide>> read; // only where stages are written: a walk opens the run several times
    private readonly long seed;
    private readonly Func<string, string?> patientOf;

    private PatientStages(IReadOnlyList<string> folders, long seed, Func<string, string?> patientOf)
    {
        foreach (var folder in folders) // now, and not after hours of slides
        foreach (var name in (string[])[FeaturesFile, ClassesFile])
            if (!File.Exists(Path.Combine(folder, name)))
                throw new InvalidDataException(
                    $"{folder} has no {name}, from which new patients are staged; put the run's file back, or train it anew"
                );
        read = new(() => [.. folders.SelectMany(Read)]);
        (this.seed, this.patientOf) = (seed, patientOf);
    }

    private IReadOnlyList<KnownSlide> Known => read.Value;

    /// <summary>Of a run's folder; null of a run that stages nobody, and of a packed file, which keeps no slides.</summary>
    /// <param name="run">The run.</param>
    /// <param name="patientOf">Whose a slide is, by its file name without extension; null where nobody says.</param>
    internal static PatientStages? Of(TrainedModel run, Func<string, string?>? patientOf)
    {
        var recipe = (MultiStageRecipe)run.Recipe;
        return recipe.Stages.Folds == 0 || run.Folders.Count == 0
            ? null
            : new PatientStages(run.Folders, recipe.Seed, patientOf ?? (_ => null));
    }

    /// <summary>Writes the slides' classes and, where it is said whose they are, the patients' stages.</summary>
    /// <param name="walked">The slides of this call; those of earlier calls on the folder stay.</param>
    /// <param name="features">Of each outcome, see <see cref="HeatmapFeatures"/>.</param>
    /// <returns>What was written and left out, in words.</returns>
    internal string Write(WalkedSlides walked, Func<SlideOutcome, double[]> features)
    {
        var path = Path.Combine(walked.Folder, ClassesFile);
        MergedTable.Write(
            path,
            Columns,
            walked.Outcomes.GroupBy(o => Without(o.Name)).SelectMany(g => Rows(g.Key, [.. g], features)),
            row => row[0]
        );
        if (!File.Exists(path))
            return "no slide was predicted, so that none has a class";
        var table = CsvTable.Read(path);
        var nodes = table.Rows.Select(r => (Slide: r.Fields[0], Patient: r.Fields[1], Class: r.Fields[2])).ToArray();
        var text = $"classes of {nodes.Length} slides (a forest over {Known.Count} staged ones): {ClassesFile}";
        var failed = walked.Failures.Select(f => patientOf(f.Name)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        PatientNodes[] patients =
        [
            .. nodes
                .Where(n => n.Patient.Length > 0)
                .GroupBy(n => n.Patient)
                .Select(g => new PatientNodes(
                    g.Key,
                    [.. g.Select(n => (n.Slide, PathologicStages.ParseNode(n.Class)!.Value))]
                )),
        ];
        PatientNodes[] staged = [.. patients.Where(p => !failed.Contains(p.Patient) && PathologicStages.HasStage(p))];
        if (patients.Length == 0)
            return $"{text}; no stages, since nobody says whose slides they are: give --cohort (image,label,patient)";
        if (staged.Length > 0)
            StageFile.Write(Path.Combine(walked.Folder, StagesFile), staged);
        text += $"; stages of {staged.Length} patients: {StagesFile}";
        string[] left = [.. patients.Except(staged).Select(p => p.Patient)];
        return left.Length == 0
            ? text
            : $"{text}; without a stage, since a slide failed or metastases are in more than nine nodes: {string.Join(", ", left)}";
    }

    private IEnumerable<string[]> Rows(string? without, SlideOutcome[] slides, Func<SlideOutcome, double[]> features)
    {
        using var forest = SlideClasses.Train(
            [.. Known.Where(k => k.Patient != without).Select(k => k.Slide)],
            SlideClasses.Camelyon.Count,
            seed
        );
        double[][] given = [.. slides.Select(features)];
        var (classes, probabilities) = (forest.Predict(given), forest.Probabilities(given));
        return
        [
            .. slides.Select(
                (s, i) =>
                    (string[])
                        [
                            s.Name,
                            patientOf(s.Name) ?? "",
                            SlideClasses.Camelyon[classes[i]],
                            .. probabilities[i].Select(p => p.ToString("R", CultureInfo.InvariantCulture)),
                        ]
            ),
        ];
    }

    /// <summary>The patient among the staged ones whose slide this is; null of a new patient's.</summary>
    private string? Without(string slide) =>
        patientOf(slide) is { } patient && Known.Any(k => k.Patient == patient)
            ? patient
            : Known.FirstOrDefault(k => k.Name == slide)?.Patient;

    /// <exception cref="InvalidDataException">A file of the run is damaged.</exception>
    private static IEnumerable<KnownSlide> Read(string folder)
    {
        var (features, classes) = (Table(FeaturesFile), Table(ClassesFile));
        var truth = classes.Rows.ToDictionary(r => r.Fields[classes.IndexOf("slide")]);
        return features.Rows.Select(row =>
        {
            var known = truth[row.Fields[0]];
            var node = PathologicStages.ParseNode(known.Fields[classes.IndexOf("class")]);
            double[] numbers = [.. row.Fields.Skip(1).Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
            return new KnownSlide(
                row.Fields[0],
                known.Fields[classes.IndexOf("patient")],
                new ClassedSlide(numbers, (int)node!.Value)
            );
        });

        CsvTable Table(string name) => CsvTable.Read(Path.Combine(folder, name));
    }
}
