using System.CommandLine;
using System.Text.Json;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate findings</c>: figures of models that tell several findings in an image.</summary>
internal static class EvaluateFindingsCommand
{
    private static readonly Argument<string> File = new("predictions")
    {
        Description = "The predictions file: image,patient,labels,predicted,p_<finding>…",
    };
    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort file.",
        Required = true,
    };
    private static readonly Option<string[]> Healthy = new("--healthy")
    {
        Description = "Labels of the cohort that mean that nothing was found.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<string?> Boxes = new("--boxes")
    {
        Description = "Boxes file (image,label,x,y,width,height): also judge where findings were seen.",
    };
    private static readonly Option<string?> Activations = new("--activations")
    {
        Description = "Where findings were seen. [default: activations.csv beside the predictions]",
    };
    private static readonly Option<string> Site = new("--site")
    {
        Description = "Column of the cohort for whose values figures are also given apart.",
        DefaultValueFactory = _ => "site",
    };
    private static readonly Option<string?> Roc = new("--roc")
    {
        Description = "Also draw ROC curves, a plot for each finding and a curve for each site: an SVG file to write.",
    };
    private static readonly EvaluationOptionSet Common = new();

    public static Command Create()
    {
        var command = new Command(
            "findings",
            """
            Judge the findings of images: AUC, sensitivity and specificity of each, per hospital where the cohort has a
            column 'site', and with --boxes how often the map's maximum lies in a box, and how far boxes overlap.
            --roc draws each finding's ROC curve with the point at which it was decided, and one for each hospital.

            Examples:
              coverslip evaluate findings run/predictions.csv --cohort cohort.csv
              coverslip evaluate findings run/predictions.csv --cohort cohort.csv --boxes boxes.csv --json
              coverslip evaluate findings run/predictions.csv --cohort nih.csv --healthy "No Finding"
              coverslip evaluate findings run/predictions.csv --cohort cohort.csv --roc roc.svg
            """
        )
        {
            File,
            CohortFile,
            Healthy,
            Boxes,
            Activations,
            Site,
            Roc,
        };
        Common.AddTo(command, slides: false);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(File)!;
        var options = new EvaluationOptions { Bootstrap = Common.Bootstrap(parsed), Seed = Common.Seed(parsed) };
        var (predictions, cohort) = Load(parsed, path);
        if (predictions.SeenNote is { } note)
            Console.Error.WriteLine($"warning: {note}");
        var whole = FindingEvaluation.Of(predictions, options);
        var bySite = FindingRunFigures.BySite([predictions], cohort, parsed.GetValue(Site)!).ToArray();
        (string Site, FindingEvaluation Evaluation)[] sites =
        [
            .. bySite.Select(s => (s.Site, FindingEvaluation.Of(s.Models, options))),
        ];
        if (parsed.GetValue(Roc) is { } picture)
            Draw(picture, FindingRoc.Of([predictions], bySite));
        var places = Places(parsed, path, (predictions, cohort), options);
        if (Common.Json(parsed))
        {
            Console.WriteLine(
                JsonSerializer.Serialize(Json(whole, sites, places), FiguresJson.Default.AllFindingsJson)
            );
            return 0;
        }
        Print(whole);
        foreach (var (site, evaluation) in sites)
        {
            Console.WriteLine();
            Console.Write($"{parsed.GetValue(Site)} {site}: ");
            Print(evaluation);
        }
        if (places is not null)
        {
            Console.WriteLine();
            Console.WriteLine("the map's maximum inside a box of the finding, and overlap with the best box");
            ConsoleTable.Write(FindingTables.Of(places));
        }
        return 0;
    }

    private static void Print(FindingEvaluation evaluation)
    {
        foreach (var block in FindingTables.Told(evaluation))
            ConsoleTable.Write(block);
    }

    private static (Predictions, Cohort) Load(ParseResult parsed, string path)
    {
        var predictions = Predictions.Read(path);
        if (!predictions.MultiLabel)
            throw new InvalidDataException(
                $"{path} holds predictions of classes, not of findings; 'coverslip evaluate classification' judges them"
            );
        var labeled = Cohort.Load(parsed.GetValue(CohortFile)!, CohortChecks.Table);
        var site = parsed.GetValue(Site)!;
        if (parsed.CommandResult.Has(Site) && !FindingRunFigures.HasSites(labeled, site))
            throw new InvalidDataException(
                $"--site {site}: {labeled.Path} has no such column beside image, labels and patient; {Columns(labeled, site)}"
            );
        predictions = predictions.SpelledAs(labeled.Classes);
        var cohort = labeled.WithFindings(predictions.Classes, parsed.GetValue(Healthy)!);
        return (predictions.Within(cohort), cohort);
    }

    private static string Columns(Cohort cohort, string asked) =>
        cohort.FurtherColumns.Count == 0 ? "it has no further ones" : NearestName.Among(asked, cohort.FurtherColumns);

    private static void Draw(string picture, IReadOnlyList<Plot> plots)
    {
        if (plots.Count == 0)
            throw new InvalidDataException(
                "there is no ROC curve: every finding is shown by all of these images, or by none; give images of both, or leave --roc out"
            );
        NamedOutput.Write(Roc.Name, picture, SvgPlot.DrawTogether(plots, columns: 3).ToString());
        Console.Error.WriteLine($"wrote {picture}");
    }

    private static IReadOnlyList<LocalisationFigures>? Places(
        ParseResult parsed,
        string path,
        (Predictions Predictions, Cohort Cohort) judged,
        EvaluationOptions options
    )
    {
        if (parsed.GetValue(Boxes) is not { } boxes)
            return null;
        var file =
            parsed.GetValue(Activations)
            ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "activations.csv");
        var images = judged.Predictions.Rows.Select(r => r.Image).ToHashSet(StringComparer.Ordinal);
        return Localisation.Judge(
            [.. ActivationFile.Read(file).Where(a => images.Contains(a.Image))],
            BoxesFile.Read(boxes, judged.Cohort),
            judged.Cohort,
            options.Bootstrap,
            options.Seed
        );
    }

    private static AllFindingsJson Json(
        FindingEvaluation whole,
        IReadOnlyList<(string Site, FindingEvaluation Evaluation)> sites,
        IReadOnlyList<LocalisationFigures>? places
    ) =>
        new(Json(whole))
        {
            Sites = new(sites.Select(s => KeyValuePair.Create(s.Site, Json(s.Evaluation)))),
            Localisation = new(
                (places ?? []).Select(p =>
                    KeyValuePair.Create(p.Finding, new PlaceJson(p.Images, p.HitRate, p.Overlap))
                )
            ),
        };

    private static FindingsJson Json(FindingEvaluation evaluation) =>
        new(
            evaluation.Images,
            evaluation.Patients,
            evaluation.MeanAuc,
            evaluation.MeanSensitivity,
            evaluation.MeanSpecificity,
            new(
                evaluation.Findings.Select(f =>
                    KeyValuePair.Create(f.Finding, new FindingJson(f.Images, f.Auc, f.Sensitivity, f.Specificity))
                )
            )
        );
}
