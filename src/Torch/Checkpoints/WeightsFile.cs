namespace Coverslip.Torch.Checkpoints;

/// <summary>Weights in any of the known formats.</summary>
public static class WeightsFile
{
    /// <summary>
    /// Reads safetensors or a checkpoint of <c>torch.save</c>, new or old, told apart by content, not by name.
    /// </summary>
    /// <exception cref="InvalidDataException">It is neither; the message names the file and says why.</exception>
    public static Dictionary<string, Tensor> Read(string path, Device device = default)
    {
        Span<byte> start = stackalloc byte[LegacyPickle.Magic.Length];
        int length;
        using (var file = File.OpenRead(path))
            length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        start = start[..length];
        if (start.StartsWith("PK\u0003\u0004"u8))
            return Pickle.Read(path, device);
        if (start.SequenceEqual(LegacyPickle.Magic))
            return LegacyPickle.Read(path, device);
        return SafeTensors.Read(path, device);
    }
}
