using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Splits;

/// <summary>Cohorts without images, for trying splits.</summary>
internal static class Patients
{
    /// <summary>
    /// Patients with one class each: <c>Of((3, 0), (2, 1))</c> has 3 images of class 0, then 2 of class 1.
    /// </summary>
    public static PatientImages[] Of(params (int Images, int Class)[] patients) =>
        [.. patients.Select((p, i) => new PatientImages($"p{i}", p.Class == 0 ? [p.Images, 0] : [0, p.Images]))];

    /// <summary>2 to 25 patients of 1 to 40 images and 1 to 3 classes, some with several.</summary>
    public static PatientImages[] Random(SeededRandom random)
    {
        var (count, classes, most) = (2 + random.Below(24), 1 + random.Below(3), 1 + random.Below(40));
        var patients = new PatientImages[count];
        for (var i = 0; i < count; i++)
        {
            var perClass = new int[classes];
            var mixed = random.Below(3) == 0;
            var own = random.Below(classes);
            for (var image = 1 + random.Below(most); image > 0; image--)
                perClass[mixed ? random.Below(classes) : own]++;
            patients[i] = new PatientImages($"p{i}", perClass);
        }
        return patients;
    }

    /// <summary>Images per class on a side, in the order of the classes.</summary>
    public static int[] ImagesPerClass(this SplitPart part, IReadOnlyList<PatientImages> patients, SplitSide side)
    {
        var names = part[side].ToHashSet();
        return PatientImages.Sum(patients.Where(p => names.Contains(p.Patient)), patients[0].PerClass.Count);
    }

    /// <summary>Fails unless the part holds every patient once.</summary>
    public static void ExpectWhole(PatientImages[] patients, SplitPart part) =>
        Assert.Equal(
            patients.Select(p => p.Patient).Order(StringComparer.Ordinal),
            part.Train.Concat(part.Validation).Concat(part.Test).Order(StringComparer.Ordinal)
        );
}
