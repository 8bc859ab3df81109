using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>What repeated random splits shall have.</summary>
public sealed record RandomSplitOptions
{
    /// <summary>Images in test, both ends included; Liu &amp; Sun 2021 use 45 to 55 of 600.</summary>
    public required ImageBounds TestImages { get; init; }

    /// <summary>Images in validation; 0-0 for none.</summary>
    public required ImageBounds ValidationImages { get; init; }

    /// <summary>How many splits are drawn. Default 20, at least 1.</summary>
    public int Repeats { get; init; } = 20;

    /// <summary>Whether training and test may lack a class. Default no.</summary>
    public bool AllowMissingClass { get; init; }

    /// <summary>The seed; equal seed and cohort give equal splits.</summary>
    public required long Seed { get; init; }
}

/// <summary>
/// Patients drawn at random into train, validation and test, again and again, with the number of images within bounds.
/// Train and test hold every class, unless that is waived; validation does where a draw shows that it can.
/// </summary>
public static class RandomSplits
{
    /// <summary>Fast draws before the sizes are worked out exactly.</summary>
    internal const int QuickDraws = 500;

    /// <summary>Exact draws before the search for one with all classes ends.</summary>
    internal const int ExactDraws = 100;

    /// <summary>Draws the splits.</summary>
    /// <exception cref="NoSuchSplitException">
    /// The sizes cannot be reached (decided exactly), or no draw had every class (decided by <see cref="QuickDraws"/>
    /// and <see cref="ExactDraws"/> draws).
    /// </exception>
    public static IReadOnlyList<SplitPart> Draw(IReadOnlyList<PatientImages> patients, RandomSplitOptions options)
    {
        if (options.Repeats < 1)
            throw new ArgumentException($"{options.Repeats} repeats asked; at least 1 is needed");
        if (options.TestImages.Low < 1)
            throw new ArgumentException($"{options.TestImages} test images asked; at least 1 is needed");
        var sorted = patients.OrderBy(p => p.Patient, StringComparer.Ordinal).ToArray();
        if (sorted.Length < 2)
            throw new NoSuchSplitException(
                $"no such split exists: {sorted.Length} patients; train and test need one each at least"
            );
        if (!options.AllowMissingClass)
            CheckClasses(sorted);
        return [.. Enumerable.Range(0, options.Repeats).Select(repeat => DrawOne(sorted, options, repeat))];
    }

    private static void CheckClasses(PatientImages[] patients)
    {
        for (var c = 0; c < patients[0].PerClass.Count; c++)
        {
            if (patients.Where(p => p.PerClass[c] > 0).Take(2).ToList() is [var only])
                throw new NoSuchSplitException(
                    $"no such split exists: patient {only.Patient} is the only one of a class, so it cannot be in "
                        + "train and in test; "
                        + "pass --allow-missing-class to do without it"
                );
        }
    }

    private static SplitPart DrawOne(PatientImages[] sorted, RandomSplitOptions options, int repeat)
    {
        var random = new SeededRandom(options.Seed, repeat);
        var patients = (PatientImages[])sorted.Clone();
        var sides = new SplitSide[patients.Length];
        SplitPart? second = null;
        for (var draw = 0; draw < QuickDraws; draw++)
        {
            random.Shuffle(patients.AsSpan());
            if (!QuickDraw(patients, sides, options, random))
                continue;
            if (Accept(patients, sides, options, ref second) is { } part)
                return part;
        }
        if (second is not null)
            return second;

        var (test, validation) = PartSizes.Nearest(patients, options.TestImages, options.ValidationImages);
        if (!options.TestImages.Hold(test) || !options.ValidationImages.Hold(validation))
            throw new NoSuchSplitException(NoSuchSizes(patients, options, test, validation));
        for (var draw = 0; draw < ExactDraws; draw++)
        {
            random.Shuffle(patients.AsSpan());
            if (!ExactDraw(patients, sides, options, random))
                break;
            if (Accept(patients, sides, options, ref second) is { } part)
                return part;
        }
        return second
            ?? throw new NoSuchSplitException(
                $"no split found in {QuickDraws + ExactDraws} draws whose train and test hold every class, with "
                    + $"{options.TestImages} test "
                    + $"and {options.ValidationImages} validation images; widen the bounds or pass --allow-missing-class"
            );
    }

    /// <summary>
    /// The part, if it needs no improvement. A draw whose validation alone lacks a class is kept as the second best.
    /// </summary>
    private static SplitPart? Accept(
        PatientImages[] patients,
        SplitSide[] sides,
        RandomSplitOptions options,
        ref SplitPart? second
    )
    {
        var totals = PatientImages.Sum(patients, patients[0].PerClass.Count);
        bool HasEveryClass(SplitSide side) =>
            PatientImages
                .Sum(On(patients, sides, side), totals.Length)
                .Zip(totals)
                .All(c => c.First > 0 || c.Second == 0);
        SplitPart Part() =>
            SplitPart.Of(
                On(patients, sides, SplitSide.Train),
                On(patients, sides, SplitSide.Validation),
                On(patients, sides, SplitSide.Test)
            );

        if (!options.AllowMissingClass && !(HasEveryClass(SplitSide.Train) && HasEveryClass(SplitSide.Test)))
            return null;
        if (options.AllowMissingClass || options.ValidationImages.High == 0 || HasEveryClass(SplitSide.Validation))
            return Part();
        second ??= Part();
        return null;
    }

    private static IEnumerable<PatientImages> On(PatientImages[] patients, SplitSide[] sides, SplitSide side) =>
        patients.Where((_, i) => sides[i] == side);

    /// <summary>Fills test and then validation in the order given up to sizes drawn within the bounds.</summary>
    private static bool QuickDraw(
        PatientImages[] patients,
        SplitSide[] sides,
        RandomSplitOptions options,
        SeededRandom random
    )
    {
        Array.Fill(sides, SplitSide.Train);
        foreach (
            var (side, bounds) in new[]
            {
                (SplitSide.Test, options.TestImages),
                (SplitSide.Validation, options.ValidationImages),
            }
        )
        {
            var wanted = bounds.Low + random.Below(bounds.High - bounds.Low + 1);
            var images = 0;
            for (var i = 0; i < patients.Length && images < wanted; i++)
            {
                if (sides[i] != SplitSide.Train || images + patients[i].Total > bounds.High)
                    continue;
                sides[i] = side;
                images += patients[i].Total;
            }
            if (!bounds.Hold(images))
                return false;
        }
        return sides.Contains(SplitSide.Train);
    }

    /// <summary>
    /// Sends each patient at random to a side from which the bounds can still be reached. False if too large to do.
    /// </summary>
    private static bool ExactDraw(
        PatientImages[] patients,
        SplitSide[] sides,
        RandomSplitOptions options,
        SeededRandom random
    )
    {
        var tables = PartSizes.Completable(patients, options.TestImages, options.ValidationImages);
        if (tables is null)
            return false;
        var (test, validation) = (0, 0);
        Span<SplitSide> possible = stackalloc SplitSide[3];
        for (var i = 0; i < patients.Length; i++)
        {
            var (size, next, count) = (patients[i].Total, tables[i + 1], 0);
            if (next[test, validation])
                possible[count++] = SplitSide.Train;
            if (next[test + size, validation])
                possible[count++] = SplitSide.Test;
            if (next[test, validation + size])
                possible[count++] = SplitSide.Validation;
            sides[i] = possible[random.Below(count)];
            if (sides[i] == SplitSide.Test)
                test += size;
            if (sides[i] == SplitSide.Validation)
                validation += size;
        }
        return true;
    }

    private static string NoSuchSizes(PatientImages[] patients, RandomSplitOptions options, int test, int validation) =>
        $"no such split exists: {patients.Sum(p => p.Total)} images of {patients.Length} patients, patients kept "
        + "whole and at least one "
        + $"left to train on, cannot give {options.TestImages} test and {options.ValidationImages} validation images; "
        + "the nearest has "
        + $"{test} test and {validation} validation images";
}
