using Coverslip.Learning.StoredFeatures;
using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>What a bag holds.</summary>
/// <param name="Values">[N, D], row by row.</param>
/// <param name="Numbers">Numbers of an instance, D.</param>
internal sealed record BagInstances(Half[] Values, int Numbers)
{
    /// <summary>Where on its slide each instance lies; null where it is no single slide's.</summary>
    internal PatchFeatures? Places { get; init; }

    /// <summary>Instances, N.</summary>
    internal int Count => Values.Length / Numbers;

    /// <summary>Some of the instances, or all, as [n, D] of float32.</summary>
    internal Tensor ToTensor(Device device, long[]? which = null)
    {
        var halves = Tensor.From(Values, Count, Numbers);
        if (which is not null)
            halves = halves.IndexSelect(0, Tensor.From(which));
        return halves.To(device, DType.Float32);
    }
}

/// <summary>Where the instances of bags come from.</summary>
internal interface IBagFeatures : IDisposable
{
    /// <summary>What decides the features; those of another identity do not belong to the model.</summary>
    string Identity { get; }

    /// <summary>Numbers of an instance, D.</summary>
    int Numbers { get; }

    /// <summary>Whether something is still to be computed, which takes long.</summary>
    bool Computes => false;

    /// <summary>A bag's instances; at least one.</summary>
    /// <exception cref="InvalidDataException">It has none; the message says why.</exception>
    BagInstances Of(Bag bag, CancellationToken stop);
}
