using System.CommandLine;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip doctor</c>: what was found on this machine, each line ok or how to mend it.</summary>
public static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Print what was found on this machine and how to mend what is wrong.");
        command.SetAction(_ => 0);
        return command;
    }
}
