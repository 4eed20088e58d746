/** CREATE-VM and CREATE-DEVICE with every option that the calls have. */
import { useState } from "react";
import type { Image } from "../../engine/lab/api.ts";
import { CheckField, ChoiceField, TextField } from "../parts/Field.tsx";
import { texts } from "../texts.ts";
import { CallForm } from "./CallForm.tsx";
import { commandLine } from "./calls.ts";
import {
  bootTree,
  type DeviceForm,
  DISK_CLASSES,
  deviceCall,
  emptyDevice,
  emptyVm,
  imageOnMedium,
  PURPOSES,
  type VmForm,
  vmCall,
} from "./create.ts";

interface Props {
  platform: string;
  images: readonly Image[];
  /** Media in the machine. */
  media: readonly string[];
}

const words = texts.machine.fields;

export function CreateVm({ platform, images, media }: Props) {
  const [form, setForm] = useState<VmForm>({ ...emptyVm, image: images[0]?.id ?? "" });
  const set = (change: Partial<VmForm>) => setForm({ ...form, ...change });
  const call = vmCall(form, images);
  return (
    <>
      <div className="fields">
        <TextField label={words.name} value={form.name} onChange={(name) => set({ name })} mono />
        <ChoiceField
          label={words.image}
          value={form.image}
          onChange={(image) => set({ image })}
          options={[
            ...images.map(({ id, kind }) => ({ value: id, words: `${id} · ${kind}` })),
            ...media.filter((id) => id.endsWith(".firmware")).map((id) => ({ value: id, words: words.fromMedium(id) })),
          ]}
        />
        <ChoiceField
          label={words.checking}
          value={form.checking}
          onChange={(checking) => set({ checking })}
          options={[
            { value: "", words: words.checkingDefault },
            { value: "ahead-of-time", words: "ahead-of-time" },
            { value: "optimistic", words: "optimistic" },
            { value: "none", words: "none" },
          ]}
        />
        <TextField
          label={words.share}
          value={form.cpuShare}
          onChange={(cpuShare) => set({ cpuShare })}
          placeholder="1"
          mono
        />
        <CheckField label={words.asOpen} checked={form.asOpen} onChange={(asOpen) => set({ asOpen })} />
        <CheckField label={words.vouched} checked={form.vouched} onChange={(vouched) => set({ vouched })} />
      </div>
      <CallForm key={commandLine(call)} platform={platform} call={call} words={`CREATE-VM ${form.name}`} />
    </>
  );
}

/** Where a boot disk belongs. */
const BOOT_SLOT = "0";

const same = <Value extends string>(values: readonly Value[]) => values.map((value) => ({ value, words: value }));

function DiskFields({ form, set, images, media }: Omit<Props, "platform"> & FormProps) {
  const tree = bootTree(imageOnMedium(form.medium, images));
  return (
    <>
      <ChoiceField
        label={words.medium}
        value={form.medium}
        onChange={(medium) => set({ medium })}
        options={same(media)}
      />
      <ChoiceField
        label={words.class}
        value={form.class}
        onChange={(kind) => set({ class: kind })}
        options={same(DISK_CLASSES)}
      />
      {form.class === "attested" ? (
        <>
          <TextField label={words.root} value={form.root} onChange={(root) => set({ root })} mono />
          <TextField label={words.salt} value={form.salt} onChange={(salt) => set({ salt })} mono />
          {tree && (
            <button type="button" className="chip" onClick={() => set({ ...tree, slot: form.slot || BOOT_SLOT })}>
              {words.takeTree(form.medium)}
            </button>
          )}
        </>
      ) : (
        <CheckField label={words.counter} checked={form.counter} onChange={(counter) => set({ counter })} />
      )}
      <TextField
        label={words.slot}
        value={form.slot}
        onChange={(slot) => set({ slot })}
        placeholder={words.next}
        mono
      />
      <TextField label={words.serial} value={form.serial} onChange={(serial) => set({ serial })} mono />
    </>
  );
}

interface FormProps {
  form: DeviceForm;
  set(change: Partial<DeviceForm>): void;
}

export function CreateDevice({ platform, images, media }: Props) {
  const [form, setForm] = useState<DeviceForm>({ ...emptyDevice, medium: media[0] ?? "" });
  const set = (change: Partial<DeviceForm>) => setForm({ ...form, ...change });
  const call = deviceCall(form);
  return (
    <>
      <div className="fields">
        <ChoiceField
          label={words.type}
          value={form.type}
          onChange={(type) => set({ type })}
          options={same(["disk", "nic", "display", "serial"] as const)}
        />
        {form.type === "disk" && <DiskFields form={form} set={set} images={images} media={media} />}
        {form.type === "nic" && (
          <>
            <TextField label={words.role} value={form.role} onChange={(role) => set({ role })} mono />
            <TextField
              label={words.mac}
              value={form.mac}
              onChange={(mac) => set({ mac })}
              placeholder={words.tvmmChooses}
              mono
            />
          </>
        )}
        {form.type === "serial" && (
          <ChoiceField
            label={words.purpose}
            value={form.purpose}
            onChange={(purpose) => set({ purpose })}
            options={same(PURPOSES)}
          />
        )}
      </div>
      <CallForm key={commandLine(call)} platform={platform} call={call} words={`CREATE-DEVICE ${form.type}`} />
    </>
  );
}
