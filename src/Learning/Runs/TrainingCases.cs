using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Runs;

/// <summary>An image that a part was trained on.</summary>
/// <param name="Image">Full path at the time of training.</param>
/// <param name="Patient">Whose.</param>
/// <param name="Label">Its class, or its findings separated by <c>;</c>.</param>
public sealed record TrainingCase(string Image, string Patient, string Label);

/// <summary>A training image that is like another image to the model.</summary>
/// <param name="Case">The training image.</param>
/// <param name="Distance">1 − the cosine of the two images' features: 0 alike, 1 nothing in common, at most 2.</param>
public sealed record NearCase(TrainingCase Case, double Distance);

/// <summary>
/// What a part's model makes of its training images, kept in its folder: features [images, features] in half precision, and
/// whose they are. It stays with the folder: a packed model names no patient.
/// </summary>
internal sealed class TrainingCases
{
    private const string Tensors = "features",
        Images = "images",
        Patients = "patients",
        Labels = "labels";

    private readonly TrainingCase[] cases;
    private readonly float[][] features;

    private TrainingCases(TrainingCase[] cases, float[][] features)
    {
        (this.cases, this.features) = (cases, features);
        foreach (var row in features)
            FeatureDistance.Normalize(row);
    }

    /// <summary>Writes the features of a cohort's rows.</summary>
    public static void Write(string path, Cohort cohort, IReadOnlyList<(CohortRow Row, float[] Features)> described)
    {
        string Texts(Func<CohortRow, string> of) =>
            JsonSerializer.Serialize(described.Select(d => of(d.Row)).ToArray(), RunJson.Default.StringArray);
        using var scope = new TensorScope();
        float[] all = [.. described.SelectMany(d => d.Features)];
        var tensor = Tensor.From(all, described.Count, described[0].Features.Length).To(DType.Float16);
        SafeTensors.Write(
            path,
            [(Tensors, tensor)],
            new Dictionary<string, string>
            {
                [Images] = Texts(cohort.ImagePath),
                [Patients] = Texts(r => r.Patient),
                [Labels] = Texts(r => r.Findings is { } found ? CohortFile.Join(found) : r.Label),
            }
        );
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static TrainingCases Read(string path)
    {
        using var scope = new TensorScope();
        var metadata = SafeTensors.ReadMetadata(path);
        var tensors = SafeTensors.Read(path);
        if (Texts(Images) is not { } images || Texts(Patients) is not { } patients || Texts(Labels) is not { } labels)
            throw Damaged();
        if (
            !tensors.TryGetValue(Tensors, out var all)
            || all.Shape is not [var count, var length]
            || images.Length != count
            || patients.Length != count
            || labels.Length != count
        )
            throw Damaged();
        return new TrainingCases(
            [.. images.Select((image, i) => new TrainingCase(image, patients[i], labels[i]))],
            [.. all.To(DType.Float32).ToArray<float>().Chunk((int)length)]
        );

        string[]? Texts(string key)
        {
            try
            {
                return metadata.TryGetValue(key, out var text)
                    ? JsonSerializer.Deserialize(text, RunJson.Default.StringArray)
                    : null;
            }
            catch (JsonException)
            {
                throw Damaged();
            }
        }

        InvalidDataException Damaged() =>
            new(
                $"{path} is damaged: it does not say of which training images its features are; remove it, and predictions name no nearest training cases"
            );
    }

    /// <summary>The training images that are nearest, the nearest first; of equal ones the earlier first.</summary>
    /// <param name="image">Features of an image, of the same model.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="InvalidDataException">They are of another model.</exception>
    public IReadOnlyList<NearCase> Nearest(float[] image, int count)
    {
        var own = Own(image);
        return
        [
            .. features
                .Select((row, i) => (Case: i, Far: FeatureDistance.Between(row, own)))
                .OrderBy(d => d.Far)
                .Take(count)
                .Select(d => new NearCase(cases[d.Case], d.Far)),
        ];
    }

    /// <summary>How far the nearest training image is.</summary>
    /// <inheritdoc cref="Nearest(float[], int)"/>
    public double Nearest(float[] image)
    {
        var own = Own(image);
        return features.Min(row => FeatureDistance.Between(row, own));
    }

    /// <summary>Of each training image the patient, and how far the nearest of another patient is; none of a single patient.</summary>
    public IReadOnlyList<(string Patient, double Distance)> FromOthers(CancellationToken stop) =>
        cases.DistinctBy(c => c.Patient).Count() < 2
            ? []
            :
            [
                .. cases
                    .AsParallel()
                    .AsOrdered()
                    .WithCancellation(stop)
                    .Select(
                        (one, i) =>
                            (
                                one.Patient,
                                features
                                    .Where((_, k) => cases[k].Patient != one.Patient)
                                    .Min(row => FeatureDistance.Between(row, features[i]))
                            )
                    ),
            ];

    /// <exception cref="InvalidDataException">They are of another model.</exception>
    private float[] Own(float[] image)
    {
        if (image.Length != features[0].Length)
            throw new InvalidDataException(
                $"the run's training features have {features[0].Length} numbers an image, its model gives {image.Length}: they are of another model; train the run again, or remove its training-features.safetensors"
            );
        var own = (float[])image.Clone();
        FeatureDistance.Normalize(own);
        return own;
    }
}
