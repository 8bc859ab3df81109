namespace Coverslip.Torch.Checkpoints;

/// <summary>Weights in any of the known formats.</summary>
public static class WeightsFile
{
    /// <summary>Reads safetensors or a checkpoint of <c>torch.save</c>, told apart by content, not by name.</summary>
    /// <exception cref="InvalidDataException">It is neither; the message names the file and says why.</exception>
    public static Dictionary<string, Tensor> Read(string path, Device device = default)
    {
        Span<byte> start = stackalloc byte[4];
        int length;
        using (var file = File.OpenRead(path))
            length = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        start = start[..length];
        if (start.SequenceEqual("PK\u0003\u0004"u8))
            return Pickle.Read(path, device);
        if (start is [0x80, 2, ..] and not [0x80, 2, 0, 0])
            throw new InvalidDataException(
                $"{path}: a checkpoint of before PyTorch 1.6; write it again there: torch.save(torch.load(old), new)"
            );
        return SafeTensors.Read(path, device);
    }
}
