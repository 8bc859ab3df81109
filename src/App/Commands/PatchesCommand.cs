using System.CommandLine;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Tissue;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip patches</c>: an index of patches, which is a cohort; pixels are written where asked for.</summary>
internal static class PatchesCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = "The index to write, such as index.csv; beside it index.filters.csv says what filters removed.",
        Required = true,
    };

    private static readonly Option<string?> Annotations = new("--annotations")
    {
        Description = "Folder with NAME.xml, NAME.geojson, NAME.geojson.gz … for each slide, whatever the case.",
    };

    private static readonly Option<string?> Write = new("--write")
    {
        Description =
            "Folder into which each patch is cut as an image file, SLIDE/x_y.png; the index then names these files, and needs no slides.",
    };

    private static readonly Option<bool> UnannotatedNormal = new("--unannotated-normal")
    {
        Description = "A slide without a file in --annotations is normal all over; else it fails.",
    };

    private static readonly Option<bool> AnnotationsFromBounds = new("--annotations-from-bounds")
    {
        Description = "The annotations count pixels from the slide's bounds and not from its corner.",
    };

    public static Command Create()
    {
        var command = new Command(
            "patches",
            """
            Choose patches of slides, on a grid or at random, by tissue and annotations, and write an index of them: image
            (slide#x,y,side,mpp), label, patient, exact shares. The index is a cohort: split, mask, train, predict and evaluate
            take it as they take one of image files. Every filter says how many patches it removed.

            Examples:
              coverslip patches slides/*.tif --out index.csv --annotations xml --rule liu --mpp 0.25 --side 299
              coverslip patches a.svs --out index.csv --random 500 --seed 1 --min-tissue 0.5
              coverslip patches slides/*.svs --cohort slides.csv --out index.csv
              coverslip patches slides/*.svs --cohort slides.csv --mpp 0.25 --side 768 --write patches --out patches/cohort.csv
              coverslip train recipes/saganet-small.yaml --cohort index.csv --out runs/patches
            """
        )
        {
            SlideArguments.Files,
            Out,
            Write,
            SlideOwners.CohortFile,
            Annotations,
            UnannotatedNormal,
            AnnotationsFromBounds,
            ClassOptions.Tumor,
            ClassOptions.Normal,
            SlideArguments.Tissue,
            SlideArguments.SlideMpp,
            SlideArguments.Reader,
        };
        PatchSettings.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(PatchSettings.Rule) != PatchRule.None && parsed.GetValue(Annotations) is null)
                parsed.AddError("A rule needs --annotations.");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var options = PatchSettings.Of(parsed);
        var slides = SlideArguments.WithoutOutputs(parsed.GetRequiredValue(SlideArguments.Files));
        DistinctNames.Check(slides);
        var path = Path.GetFullPath(parsed.GetRequiredValue(Out));
        var outputs = Outputs(path, parsed.GetValue(Annotations) is not null);
        foreach (var (output, kind) in outputs)
            NamedOutput.Check(Out.Name, output, kind);
        WholeFile.MakeFolder(Path.GetDirectoryName(path)!);
        var owners = SlideOwners.Of(parsed);
        var owned = slides.ToDictionary(slide => slide, owners.Of);
        var annotated = parsed.GetValue(Annotations) is { } from
            ? new AnnotatedSlides(AnnotationFolder.Open(from, slides), ClassOptions.Of(parsed), options.Rule)
            {
                UnannotatedNormal = parsed.GetValue(UnannotatedNormal),
                FromBounds = parsed.GetValue(AnnotationsFromBounds),
            }
            : null;
        var results = PerSlide.Run(
            "choosing patches",
            slides,
            file =>
            {
                using var slide = SlideFile.Open(file, SlideArguments.Opening(parsed));
                var areas = annotated?.Of(slide) ?? new PatchAreas();
                return PatchSampler.Sample(
                    slide,
                    options.TissueNeeded > 0 ? areas.On(TissueOf(parsed, slide)) : areas,
                    options
                );
            }
        );
        annotated?.Check();
        var folder = Path.GetDirectoryName(path)!;
        IndexedPatch Indexed(string slide, Patch patch)
        {
            var file = Path.GetRelativePath(folder, slide).Replace(Path.DirectorySeparatorChar, '/');
            var (patient, label) = owned[slide];
            return new IndexedPatch(
                new SlidePlace(file, patch.At.X, patch.At.Y, options.Side, options.Mpp)
                {
                    SlideMpp = parsed.GetValue(SlideArguments.SlideMpp),
                },
                patient,
                options.Rule == PatchRule.None ? patch with { Label = label } : patch
            );
        }
        IndexedPatch[] index =
        [
            .. slides.Zip(results).SelectMany(r => (r.Second.Result?.Patches ?? []).Select(p => Indexed(r.First, p))),
        ];
        if (parsed.GetValue(Write) is { } cut)
        {
            index = PatchFiles.Write(index, folder, Path.GetFullPath(cut));
            Console.WriteLine($"cut {index.Length} patches into {cut}");
        }
        foreach (var (output, kind) in outputs)
            NamedOutput.Check(Out.Name, output, kind); // it may have come meanwhile
        PatchIndex.Write(path, index);
        PatchIndex.WriteCounts(
            Beside(path, "filters"),
            slides.Zip(results, (slide, result) => (slide, result.Result, result.Failure))
        );
        foreach (var line in annotated?.Survey.Lines() ?? [])
            Console.WriteLine(line);
        annotated?.Survey.Write(Beside(path, "annotations"));
        if (owners.Note is { } note)
            Console.WriteLine($"note: {note}");
        foreach (var label in index.CountBy(p => p.Patch.Label).OrderBy(l => l.Key, StringComparer.Ordinal))
            Console.WriteLine($"  {(label.Key.Length > 0 ? label.Key : "no label")}: {label.Value}");
        if (index.Any(p => p.Patch.Label.Length == 0))
            Console.WriteLine(
                "note: patches without a label are no cohort; --rule with --annotations labels them, or --cohort with --rule none"
            );
        return Report(parsed, slides, results);
    }

    /// <summary>The tables that a call writes.</summary>
    private static (string Path, OutputKind Kind)[] Outputs(string index, bool annotated) =>
        [
            (index, OutputKind.PatchTable),
            (Beside(index, "filters"), OutputKind.PatchCounts),
            .. annotated
                ? [(Beside(index, "annotations"), OutputKind.AnnotatedSlides)]
                : Array.Empty<(string, OutputKind)>(),
        ];

    private static string Beside(string index, string what) => Path.ChangeExtension(index, $"{what}.csv");

    private static PolygonRegion TissueOf(ParseResult parsed, Slide slide)
    {
        if (SlideArguments.TissueFolder(parsed) is { } folder)
            return folder.Read(slide);
        using var map = TissueFinder.Find(slide, new TissueOptions());
        return map.Region;
    }

    private static int Report(ParseResult parsed, string[] slides, (PatchSelection? Result, string? Failure)[] results)
    {
        foreach (var (slide, (result, _)) in slides.Zip(results))
        {
            if (result?.Reason is { } reason)
                Console.WriteLine($"{slide}: {reason}");
        }
        var selections = results.Select(r => r.Result).OfType<PatchSelection>().ToList();
        var total = selections.Aggregate(new PatchCounts(0, 0, 0, 0, 0, 0), (sum, one) => sum + one.Counts);
        Console.WriteLine($"{parsed.GetRequiredValue(Out)}: {total}");
        return selections.Count == slides.Length ? 0 : 1;
    }
}
