using System.Globalization;
using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>One slide of a cohort, not yet painted.</summary>
/// <param name="Name">File name without extension, such as <c>P03-1</c>.</param>
/// <param name="Patient">Such as <c>P03</c>.</param>
/// <param name="Class">The class of its largest lesion; null: no tumor.</param>
/// <param name="Options">What to paint.</param>
public sealed record PhantomCohortSlide(string Name, string Patient, LesionClass? Class, SlidePhantomOptions Options)
{
    /// <summary>tumor or normal.</summary>
    public string Label => Class is null ? "normal" : "tumor";

    /// <summary>What CAMELYON17 calls its node: negative, itc, micro or macro.</summary>
    public string Node => Class is { } its ? LesionOrder.Name(its) : "negative";
}

/// <summary>A painted slide of a cohort.</summary>
/// <param name="Slide">What was asked for.</param>
/// <param name="Phantom">What lies on it.</param>
public sealed record PaintedCohortSlide(PhantomCohortSlide Slide, SlidePhantom Phantom);

/// <summary>A cohort of phantom slides: patients with stains of their own, some with tumor, all of it known.</summary>
public static class PhantomSlideCohort
{
    /// <summary>Every slide in order. Which patient has which class, stain and artifacts is drawn.</summary>
    /// <exception cref="ArgumentException">An option out of its range, or slides too small for their lesions.</exception>
    public static IReadOnlyList<PhantomCohortSlide> Describe(PhantomSlideCohortOptions options)
    {
        options.Check();
        var random = SeededRandom.For(options.Seed, 400);
        var classes = Classes(options, random);
        var patients = Stains(options, classes, random);
        var slides = new List<PhantomCohortSlide>(classes.Length);
        for (var i = 0; i < classes.Length; i++)
        {
            var (patient, turn) = (i / options.SlidesPerPatient, i % options.SlidesPerPatient);
            var its = SeededRandom.For(options.Seed, 401, i);
            slides.Add(
                new PhantomCohortSlide(
                    $"P{patient + 1:00}-{turn + 1}",
                    $"P{patient + 1:00}",
                    classes[i],
                    new SlidePhantomOptions
                    {
                        Width = options.Side,
                        Height = options.Side,
                        Mpp = options.Mpp,
                        Tissue = options.Tissue,
                        Seed = (int)(its.Next() >> 33),
                        StainSeed = patients[patient].Seed,
                        StainLevel = patients[patient].Level,
                        StainDrift = options.StainDrift,
                        Hardness = options.Hardness,
                        Scanner = options.Scanner,
                        Pieces = 1,
                        Artifacts = options.Artifacts ? Artifacts(its) : [],
                        Lesions = classes[i] is { } kind ? Lesions(kind, its) : [],
                    }
                )
            );
        }
        return slides;
    }

    /// <summary>
    /// Paints the cohort, several slides at a time: <c>slides/NAME.tif</c>; of those with tumor
    /// <c>annotations/NAME.xml</c> (ASAP, groups of CAMELYON16) and <c>masks/NAME.png</c> (255 tumor, at
    /// <see cref="PhantomSlideCohortOptions.MaskLevel"/>); <c>lesions.csv</c>; last <c>cohort.csv</c>
    /// (<c>image,label,patient,annotation,mpp,node,artifacts</c>, paths relative to it).
    /// </summary>
    /// <param name="folder">Made where it is missing; files of the same names are replaced.</param>
    /// <param name="options">What to paint.</param>
    /// <param name="progress">Told how many tiles are painted, from several threads.</param>
    /// <param name="stop">Ends the painting between two tiles.</param>
    /// <exception cref="ArgumentException">An option out of its range, or a lesion for which there is no room.</exception>
    public static IReadOnlyList<PaintedCohortSlide> Write(
        string folder,
        PhantomSlideCohortOptions options,
        Action<long>? progress = null,
        CancellationToken stop = default
    )
    {
        var slides = Describe(options);
        // Also where there is no tumor: a slide without a mask is normal, a folder without masks is a mistake.
        foreach (var part in new[] { "slides", "annotations", "masks" })
            Directory.CreateDirectory(Path.Combine(folder, part));
        // All are laid out first: what does not fit is known before anything is painted.
        PaintedCohortSlide[] painted = [.. slides.Select(s => new PaintedCohortSlide(s, Plan(s)))];
        long tiles = 0;
        try
        {
            Parallel.ForEach(
                painted,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop },
                slide =>
                    Write(
                        folder,
                        slide,
                        options.MaskLevel,
                        () =>
                        {
                            stop.ThrowIfCancellationRequested();
                            progress?.Invoke(Interlocked.Increment(ref tiles));
                        }
                    )
            );
        }
        catch (AggregateException e)
        {
            throw e.InnerExceptions[0];
        }
        WriteTables(folder, painted, options);
        return painted;
    }

    private static SlidePhantom Plan(PhantomCohortSlide slide)
    {
        try
        {
            return SlidePhantom.Plan(slide.Options);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"slide {slide.Name}: {e.Message}", e);
        }
    }

    private static void Write(string folder, PaintedCohortSlide slide, int level, Action painted)
    {
        var name = slide.Slide.Name;
        slide.Phantom.Write(Path.Combine(folder, "slides", name + ".tif"), _ => painted());
        var annotations = Path.Combine(folder, "annotations", name + ".xml");
        var mask = Path.Combine(folder, "masks", name + ".png");
        if (slide.Phantom.Lesions.Count == 0)
        {
            // Of an earlier cohort: a normal slide is known by having none.
            File.Delete(annotations);
            File.Delete(mask);
            return;
        }
        slide.Phantom.WriteAnnotations(annotations);
        using var truth = slide.Phantom.Truth(level);
        ImageFile.Write(mask, truth);
    }

    private static void WriteTables(string folder, PaintedCohortSlide[] slides, PhantomSlideCohortOptions options)
    {
        CsvTable.Write(
            Path.Combine(folder, "lesions.csv"),
            ["slide", "lesion", "class", "major_axis_um", "area_mm2"],
            slides.SelectMany(s =>
                s.Phantom.Lesions.Select(
                    (lesion, i) =>
                        new[]
                        {
                            s.Slide.Name,
                            $"{i + 1}",
                            LesionOrder.Name(lesion.Class),
                            Text(lesion.MajorAxis, "0.0"),
                            Text(lesion.Area, "0.00000"),
                        }
                )
            )
        );
        CsvTable.Write(
            Path.Combine(folder, "cohort.csv"),
            ["image", "label", "patient", "annotation", "mpp", "node", "artifacts"],
            slides.Select(s =>
                new[]
                {
                    $"slides/{s.Slide.Name}.tif",
                    s.Slide.Label,
                    s.Slide.Patient,
                    s.Slide.Class is null ? "" : $"annotations/{s.Slide.Name}.xml",
                    Text(options.Mpp.X, "0.####"),
                    s.Slide.Node,
                    string.Join(' ', s.Phantom.Artifacts).ToLowerInvariant(),
                }
            )
        );
    }

    /// <summary>What each slide is, in order of patients: as many with tumor as the share says, anywhere.</summary>
    private static LesionClass?[] Classes(PhantomSlideCohortOptions options, SeededRandom random)
    {
        var classes = new LesionClass?[options.Patients * options.SlidesPerPatient];
        var wanted = (int)Math.Round(options.Tumor * classes.Length);
        for (var i = 0; i < wanted; i++)
            classes[i] = options.ClassesInTurn[i % options.ClassesInTurn.Count];
        random.Shuffle(classes);
        return classes;
    }

    /// <summary>
    /// Stains of patients with and without tumor are spread evenly over the range of the drift, so that darkness tells
    /// nothing of tumor.
    /// </summary>
    private static (int Seed, double Level)[] Stains(
        PhantomSlideCohortOptions options,
        LesionClass?[] classes,
        SeededRandom random
    )
    {
        var stains = new (int, double)[options.Patients];
        var groups = Enumerable
            .Range(0, options.Patients)
            .GroupBy(p =>
                classes
                    .AsSpan(p * options.SlidesPerPatient, options.SlidesPerPatient)
                    .IndexOfAnyExcept(default(LesionClass?)) >= 0
            );
        foreach (var group in groups.OrderBy(g => g.Key))
        {
            int[] members = [.. group];
            random.Shuffle(members);
            for (var i = 0; i < members.Length; i++)
                stains[members[i]] = ((int)(random.Next() >> 33), (i + random.Unit()) / members.Length);
        }
        return stains;
    }

    /// <summary>One of the slide's class, and up to a few smaller ones where there is room.</summary>
    private static List<LesionOrder> Lesions(LesionClass kind, SeededRandom random)
    {
        var orders = new List<LesionOrder> { new(kind) };
        for (var smaller = LesionClass.Itc; smaller <= kind; smaller++)
        {
            var more = smaller == LesionClass.Macro ? 0 : random.Below(smaller == LesionClass.Itc ? 3 : 2);
            for (var i = 0; i < more; i++)
                orders.Add(new LesionOrder(smaller) { IfRoom = true });
        }
        return orders;
    }

    private static List<ArtifactKind> Artifacts(SeededRandom random) =>
        [.. Enum.GetValues<ArtifactKind>().Where(_ => random.Unit() < 1 / 3.0)];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
